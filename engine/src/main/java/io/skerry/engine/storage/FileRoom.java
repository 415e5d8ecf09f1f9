package io.skerry.engine.storage;

/// The descriptors of one open database, of the node's [OpenRoom].
///
/// From its opening to its closing it has those of three connections: one for maintenance, one that writes (as long as
/// leadership does not change hands, either the writer or what applies the log), one that reads. So who has the
/// database can always read and write. More that read, or to which it is attached, take room one by one, and the room
/// is given back when the database is closed: SQLite closes no descriptor of a file of which this process holds a
/// lock, but keeps it for the next connection. Thread-safe.
final class FileRoom {

    static final int CONNECTIONS = 3;
    /// Of a database that has its room apart from all others.
    private static final int CONNECTIONS_APART = 10;

    private final OpenRoom node;
    private final boolean apart;
    private int readersMax;
    private int readers;
    private int extra;
    private boolean bothWrite;
    private boolean closed;

    private FileRoom(OpenRoom node, boolean apart) {
        this.node = node;
        this.apart = apart;
        readersMax = 1 + (apart ? CONNECTIONS_APART - CONNECTIONS : 0);
    }

    /// Of a database that is always let in, and whose first connections are not counted: its node has them beside.
    static FileRoom apart(OpenRoom node) {
        return new FileRoom(node, true);
    }

    /// Of one for which room was taken.
    static FileRoom of(OpenRoom node) {
        return new FileRoom(node, false);
    }

    /// For one more connection that reads.
    ///
    /// @return false if the node has none
    synchronized boolean tryTakeReader() {
        if (readers == readersMax) {
            if (closed || !node.tryTake(OpenRoom.CONNECTION)) {
                return false;
            }
            extra++;
            readersMax++;
        }
        readers++;
        return true;
    }

    synchronized void giveReader() {
        readers--;
    }

    /// The log is applied while a writer is still open.
    synchronized void bothWrite() {
        if (!bothWrite && !closed) {
            bothWrite = true;
            extra++;
            node.take(OpenRoom.CONNECTION);
        }
    }

    /// All connections are closed. Idempotent.
    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (apart) {
            node.give(extra * OpenRoom.CONNECTION);
        } else {
            node.giveDatabase((CONNECTIONS + extra) * OpenRoom.CONNECTION);
        }
    }
}
