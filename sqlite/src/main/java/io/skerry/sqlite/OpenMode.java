package io.skerry.sqlite;

/// What a connection may do with its file.
public enum OpenMode {
    READ_ONLY(0x1),
    READ_WRITE(0x2),
    CREATE(0x6);

    private final int value;

    OpenMode(int value) {
        this.value = value;
    }

    int value() {
        return value;
    }
}
