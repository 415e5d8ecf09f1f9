package io.skerry.catalog.sql;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The current row of a query; columns count from 0. Valid only while [RowReader] runs.
public interface Row {

    boolean isNull(int column);

    long integer(int column);

    String text(int column);

    byte[] blob(int column);

    default boolean flag(int column) {
        return integer(column) != 0;
    }

    default UUID uuid(int column) {
        return UUID.fromString(text(column));
    }

    default Instant instant(int column) {
        return Instant.ofEpochMilli(integer(column));
    }

    default @Nullable String textOrNull(int column) {
        return isNull(column) ? null : text(column);
    }

    default @Nullable Instant instantOrNull(int column) {
        return isNull(column) ? null : instant(column);
    }

    /// Makes a record of a row.
    @FunctionalInterface
    interface RowReader<T> {
        T read(Row row);
    }
}
