package io.skerry.server.life;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds a data directory for the life of the process: two processes that write the same files would
/// destroy them. The operating system drops the lock when the process ends, however it ends, so nothing is
/// left to clean up after kill -9.
public final class DirectoryLock implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DirectoryLock.class);
    private static final String LOCK = "lock";
    private static final String OWNER = "lock.pid";

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Creates the directory if it is not there, readable by its owner only, and takes it.
    ///
    /// @throws StartException if another process has it, or it cannot be written
    public static DirectoryLock take(Path directory) throws StartException {
        try {
            PrivateFiles.createDirectories(directory);
            FileChannel channel =
                    FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException heldHere) {
                // Not closed: closing any descriptor of the file would drop the lock that this process holds.
                throw inUse(directory);
            }
            if (lock == null) {
                channel.close();
                throw inUse(directory);
            }
            nameOwner(directory.resolve(OWNER));
            return new DirectoryLock(channel);
        } catch (IOException e) {
            throw new StartException("the data directory " + directory + " cannot be used: " + e, e);
        }
    }

    /// For the message of the next process that wants the directory. A full disk must not keep this one out.
    private static void nameOwner(Path file) {
        try {
            PrivateFiles.write(file, ProcessHandle.current().pid() + "\n");
        } catch (IOException e) {
            log.warn("{} could not be written: {}", file, e.toString());
        }
    }

    private static StartException inUse(Path directory) throws IOException {
        Path owner = directory.resolve(OWNER);
        String pid = Files.isReadable(owner) ? Files.readString(owner).strip() : "";
        return new StartException("the data directory " + directory + " is in use by another skerry process"
                + (pid.isEmpty() ? "" : " (process " + pid + ")")
                + "; stop that one first, or choose another directory with --data");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
