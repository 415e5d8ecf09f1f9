package io.skerry.hrana;

import io.skerry.engine.query.Row;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A row of Java values: null, Long, Double, `byte[]` for text, `BlobBytes` for a blob.
public record ValueRow(List<? extends @Nullable Object> values) implements Row {

    @Override
    public int columns() {
        return values.size();
    }

    @Override
    public Type type(int column) {
        return switch (values.get(column)) {
            case null -> Type.NULL;
            case Long ignored -> Type.INTEGER;
            case Double ignored -> Type.REAL;
            case FakeDatabase.BlobBytes ignored -> Type.BLOB;
            default -> Type.TEXT;
        };
    }

    @Override
    public long integer(int column) {
        return (Long) Objects.requireNonNull(values.get(column));
    }

    @Override
    public double real(int column) {
        return (Double) Objects.requireNonNull(values.get(column));
    }

    @Override
    public int length(int column) {
        return bytes(column).length;
    }

    @Override
    public void copyTo(int column, byte[] target, int offset) {
        System.arraycopy(bytes(column), 0, target, offset, length(column));
    }

    private byte[] bytes(int column) {
        Object value = Objects.requireNonNull(values.get(column));
        return value instanceof FakeDatabase.BlobBytes(byte[] blob) ? blob : (byte[]) value;
    }
}
