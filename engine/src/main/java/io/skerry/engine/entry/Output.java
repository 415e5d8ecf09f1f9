package io.skerry.engine.entry;

import java.util.Arrays;

/// A byte array that grows and is used again. Fixed integers are big-endian, as everywhere in SQLite's files.
final class Output {

    private byte[] bytes;
    private int size;

    Output(int capacity) {
        bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    /// The bytes, of which [#size] count; another array after the next write.
    byte[] array() {
        return bytes;
    }

    /// Room for `count` more bytes after [#size].
    byte[] reserve(int count) {
        if (bytes.length - size < count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + count));
        }
        return bytes;
    }

    void int8(int value) {
        reserve(1)[size++] = (byte) value;
    }

    void int32(int value) {
        byte[] to = reserve(4);
        for (int shift = 24; shift >= 0; shift -= 8) {
            to[size++] = (byte) (value >>> shift);
        }
    }

    void int64(long value) {
        int32((int) (value >>> 32));
        int32((int) value);
    }

    /// Seven bits a byte, the lowest first; the high bit says that more follow.
    void varint(long value) {
        byte[] to = reserve(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            to[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[size++] = (byte) rest;
    }

    void bytes(byte[] from, int offset, int length) {
        System.arraycopy(from, offset, reserve(length), size, length);
        size += length;
    }

    void removeFirst(int count) {
        System.arraycopy(bytes, count, bytes, 0, size - count);
        size -= count;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    static int varintBytes(long value) {
        return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
    }
}
