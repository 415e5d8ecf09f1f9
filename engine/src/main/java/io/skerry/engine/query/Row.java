package io.skerry.engine.query;

/// The current row of a running statement. Valid only during the call that shows it; text and blobs are copied
/// straight from SQLite's memory.
public interface Row {

    int columns();

    Type type(int column);

    long integer(int column);

    double real(int column);

    /// Length in bytes of a text (UTF-8) or a blob.
    int length(int column);

    /// Copies [#length] bytes of a text or a blob to `target`, from `offset` on.
    void copyTo(int column, byte[] target, int offset);

    enum Type {
        NULL,
        INTEGER,
        REAL,
        TEXT,
        BLOB
    }
}
