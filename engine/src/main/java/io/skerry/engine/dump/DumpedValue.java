package io.skerry.engine.dump;

import io.skerry.sqlite.Statement;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Writes values as literals of SQL. Not thread-safe.
final class DumpedValue {

    private static final HexFormat HEX = HexFormat.of();

    private final OutputStream out;

    DumpedValue(OutputStream out) {
        this.out = out;
    }

    void write(Statement statement, int column) throws IOException {
        switch (statement.columnType(column)) {
            case NULL -> ascii("NULL");
            case INTEGER -> ascii(Long.toString(statement.columnLong(column)));
            case REAL -> real(statement.columnDouble(column));
            case TEXT -> text(bytes(statement, column));
            case BLOB -> blob(bytes(statement, column));
        }
    }

    private static byte[] bytes(Statement statement, int column) {
        byte[] bytes = new byte[statement.byteLength(column)];
        statement.copyTo(column, bytes, 0);
        return bytes;
    }

    /// The shortest decimal that reads back as the same number; SQLite has no word for infinity, but reads one.
    private void real(double number) throws IOException {
        if (Double.isInfinite(number)) {
            ascii(number > 0 ? "1e999" : "-1e999");
        } else {
            ascii(Double.toString(number));
        }
    }

    private void text(byte[] utf8) throws IOException {
        if (!isPlain(utf8)) {
            ascii("CAST(");
            blob(utf8);
            ascii(" AS TEXT)");
            return;
        }
        out.write('\'');
        int from = 0;
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] == '\'') {
                out.write(utf8, from, i + 1 - from);
                out.write('\'');
                from = i + 1;
            }
        }
        out.write(utf8, from, utf8.length - from);
        out.write('\'');
    }

    private static boolean isPlain(byte[] utf8) {
        boolean ascii = true;
        for (byte b : utf8) {
            if (b == 0) {
                return false;
            }
            ascii &= b > 0;
        }
        if (ascii) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private void blob(byte[] bytes) throws IOException {
        ascii("X'" + HEX.formatHex(bytes) + "'");
    }

    private void ascii(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
