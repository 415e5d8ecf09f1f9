package io.skerry.engine.entry;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;

/// Names and headers that tests of entries share.
final class Example {

    static final GroupId GROUP = GroupId.parse("00112233-4455-6677-8899-aabbccddeeff");
    static final DatabaseId DATABASE = DatabaseId.parse("01234567-89ab-cdef-0123-456789abcdef");

    private Example() {}

    static EntryEncoder.Transaction transaction(long frameBefore, int pageSize, long databasePages) {
        return new EntryEncoder.Transaction(
                GROUP, 0, DATABASE, new FrameNo(frameBefore), 0x5eed, false, pageSize, databasePages);
    }
}
