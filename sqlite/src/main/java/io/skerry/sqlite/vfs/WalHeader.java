package io.skerry.sqlite.vfs;

import java.nio.ByteBuffer;

/// The part of a WAL's header that says which frames are current, <https://www.sqlite.org/walformat.html>:
/// those whose two salts are the header's.
public record WalHeader(int pageSize, int checkpointSequence, int salt1, int salt2) {
    private static final int PAGE_SIZE_AT = 8;

    /// @param bytes at least the first 24 of the file
    public static WalHeader parse(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        in.position(PAGE_SIZE_AT);
        return new WalHeader(in.getInt(), in.getInt(), in.getInt(), in.getInt());
    }
}
