package io.skerry.engine;

import java.util.concurrent.atomic.LongAdder;

/// Rows read and written, as they come from many threads. See [Meter] for what they are.
final class RowCounts {

    private final LongAdder read = new LongAdder();
    private final LongAdder written = new LongAdder();

    void add(long rowsRead, long rowsWritten) {
        if (rowsRead != 0) {
            read.add(rowsRead);
        }
        if (rowsWritten != 0) {
            written.add(rowsWritten);
        }
    }

    long read() {
        return read.sum();
    }

    long written() {
        return written.sum();
    }
}
