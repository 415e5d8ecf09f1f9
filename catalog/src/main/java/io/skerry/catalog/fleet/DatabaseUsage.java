package io.skerry.catalog.fleet;

/// What a database takes and took at one location. See [io.skerry.engine.Meter] for what is counted.
///
/// @param storageBytes of the database as it is there now
/// @param rowsRead in some stretch of time, as `rowsWritten`
public record DatabaseUsage(long storageBytes, long rowsRead, long rowsWritten) {

    public static final DatabaseUsage NOTHING = new DatabaseUsage(0, 0, 0);

    /// Both together, as the usage of several databases.
    public DatabaseUsage plus(DatabaseUsage other) {
        return new DatabaseUsage(
                storageBytes + other.storageBytes, rowsRead + other.rowsRead, rowsWritten + other.rowsWritten);
    }

    /// Both as the usage of one database at two locations: its rows are counted where they are read and written,
    /// its bytes are the same ones.
    public DatabaseUsage with(DatabaseUsage elsewhere) {
        return new DatabaseUsage(
                Math.max(storageBytes, elsewhere.storageBytes),
                rowsRead + elsewhere.rowsRead,
                rowsWritten + elsewhere.rowsWritten);
    }
}
