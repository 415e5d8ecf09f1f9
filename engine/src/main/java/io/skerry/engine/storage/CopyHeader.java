package io.skerry.engine.storage;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/// What stands before the bytes of a copied database: magic "SKRC" (4), version (4), group (16), database
/// (16), page size (4), replayFrom, frame and epoch start (8 each), length of the file (8). Big-endian.
///
/// @param position `consistentAt` is not part of it: the receiver learns that of the snapshot as a whole
/// @param length of the file in bytes
record CopyHeader(Position position, long length) {

    static final int BYTES = 4 + 4 + 16 + 16 + 4 + 3 * 8 + 8;
    private static final int MAGIC = 0x534B_5243;
    private static final int VERSION = 1;

    ByteBuffer format() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).putInt(MAGIC).putInt(VERSION);
        put(bytes, position.group().value());
        put(bytes, position.database().value());
        return bytes.putInt(position.pageSize())
                .putLong(position.replayFrom().value())
                .putLong(position.frame().value())
                .putLong(position.epochStart().value())
                .putLong(length)
                .flip();
    }

    /// @throws IOException if it is no such header
    static CopyHeader parse(ByteBuffer bytes) throws IOException {
        int magic = bytes.getInt();
        int version = bytes.getInt();
        if (magic != MAGIC || version != VERSION) {
            throw new IOException("not a database copy of version " + VERSION + ": %08x, %d".formatted(magic, version));
        }
        try {
            var group = new GroupId(uuid(bytes));
            var database = new DatabaseId(uuid(bytes));
            int pageSize = bytes.getInt();
            var replayFrom = new LogIndex(bytes.getLong());
            var frame = new FrameNo(bytes.getLong());
            var epochStart = new LogIndex(bytes.getLong());
            long length = bytes.getLong();
            if (pageSize < 512 || pageSize > 65536 || Integer.bitCount(pageSize) != 1 || length < 0) {
                throw new IOException("a database copy of " + length + " bytes with pages of " + pageSize);
            }
            return new CopyHeader(
                    new Position(group, database, pageSize, replayFrom, replayFrom, frame, epochStart), length);
        } catch (IllegalArgumentException e) {
            throw new IOException("the head of a database copy contradicts itself", e);
        }
    }

    private static void put(ByteBuffer bytes, UUID id) {
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static UUID uuid(ByteBuffer bytes) {
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
