package io.skerry.engine.query;

/// A value bound to a parameter: one of SQLite's five storage classes.
public sealed interface Value {

    Null NULL = new Null();

    record Null() implements Value {}

    record Int(long value) implements Value {}

    record Real(double value) implements Value {}

    record Text(String value) implements Value {}

    /// The array is not copied: whoever makes a Blob gives it away.
    @SuppressWarnings("ArrayRecordComponent")
    record Blob(byte[] value) implements Value {}
}
