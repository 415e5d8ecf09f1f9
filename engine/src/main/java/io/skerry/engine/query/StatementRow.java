package io.skerry.engine.query;

import io.skerry.sqlite.Statement;
import org.jspecify.annotations.Nullable;

/// The current row of whichever statement runs on a connection; one object per connection.
final class StatementRow implements Row {

    private @Nullable Statement statement;
    private int columns;

    void of(@Nullable Statement running, int columnCount) {
        statement = running;
        columns = columnCount;
    }

    private Statement current() {
        var running = statement;
        if (running == null) {
            throw new IllegalStateException("a row is valid only while it is shown");
        }
        return running;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public Type type(int column) {
        return switch (current().columnType(column)) {
            case INTEGER -> Type.INTEGER;
            case REAL -> Type.REAL;
            case TEXT -> Type.TEXT;
            case BLOB -> Type.BLOB;
            case NULL -> Type.NULL;
        };
    }

    @Override
    public long integer(int column) {
        return current().columnLong(column);
    }

    @Override
    public double real(int column) {
        return current().columnDouble(column);
    }

    @Override
    public int length(int column) {
        return current().byteLength(column);
    }

    @Override
    public void copyTo(int column, byte[] target, int offset) {
        current().copyTo(column, target, offset);
    }
}
