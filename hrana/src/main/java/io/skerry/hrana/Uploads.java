package io.skerry.hrana;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Takes in the files that become the content of databases which wait for it. Implemented by the
/// `server` module. Thread-safe; databases go by the key of their [DatabaseAccess.Target]. Every method
/// throws [AccessException] with the status and the text for the client.
public interface Uploads {

    /// A chunk's bytes, but for the last one of a file.
    int chunkBytes();

    /// Begins an upload on this node.
    ///
    /// @param bytes of the file
    /// @return names it in the requests that follow, on every node
    String start(String database, long bytes);

    /// The base URL of the database on the node that has the upload; null if that is this one.
    @Nullable
    URI holder(String database, String upload);

    /// Takes a chunk in, here.
    ///
    /// @throws IOException what reading `body` threw
    void receive(String database, String upload, int chunk, InputStream body) throws IOException;

    /// Takes all chunks of a file in, one after the other.
    ///
    /// @throws IOException what reading `body` threw
    void receiveAll(String database, String upload, InputStream body) throws IOException;

    /// Gives up an upload that began here; one that is not here is no mistake.
    void discard(String upload);

    /// The base URL of the database on the node that makes uploads its content; null if that is this
    /// one.
    @Nullable
    URI activator(String database);

    /// Makes the upload the content of the database. Takes minutes if it is large, and ends if the
    /// client of the calling thread goes away.
    ///
    /// @param client address of whoever asked, for the audit log
    void finish(String database, String upload, String client);

    /// Waits for another node to do it, for as long as the client of the calling thread is there:
    /// without him `work` is interrupted.
    <T> T whileThere(Supplier<T> work);
}
