package io.skerry.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupState.DatabaseCopy;
import io.skerry.engine.GroupState.SnapshotReceiver;
import io.skerry.engine.LogIndex;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.Test;

/// What one member writes and another reads.
class SnapshotStreamTest {

    private static final GroupId GROUP = new GroupId(new UUID(1, 1));
    private static final int BYTES = 100_000;

    /// @param sent of its bytes, before `failure`
    private record Copy(long number, int sent, Code failure) implements DatabaseCopy {

        static Copy whole(long number) {
            return new Copy(number, BYTES, Code.INTERNAL);
        }

        @Override
        public DatabaseId database() {
            return id(number);
        }

        @Override
        public long bytes() {
            return BYTES;
        }

        @Override
        public LogIndex writeTo(WritableByteChannel out, LongConsumer progress) throws IOException {
            out.write(ByteBuffer.allocate(sent));
            progress.accept(sent);
            if (sent < BYTES) {
                throw new DatabaseException(failure, "told to fail");
            }
            return new LogIndex(100 - number);
        }
    }

    private static DatabaseId id(long number) {
        return new DatabaseId(new UUID(2, number));
    }

    private static final class Received implements SnapshotReceiver {
        private final Map<DatabaseId, Integer> databases = new LinkedHashMap<>();

        @Override
        public void database(DatabaseId id, ReadableByteChannel in, LongConsumer progress) throws IOException {
            int all = 0;
            ByteBuffer chunk = ByteBuffer.allocate(7_000);
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk.clear())) {
                all += count;
                progress.accept(count);
            }
            databases.put(id, all);
        }

        @Override
        public void install(LogIndex snapshot, LogIndex consistentAt) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private static byte[] write(Transfer progress, Copy... copies) throws IOException {
        var out = new ByteArrayOutputStream();
        SnapshotStream.write(
                GROUP,
                List.of(copies),
                out,
                progress,
                new Pace(Long.MAX_VALUE),
                from -> new SnapshotStream.Position(TermIndex.valueOf(1, from.value()), new LogIndex(200)));
        return out.toByteArray();
    }

    @Test
    void whatWasDroppedMeanwhileIsLeftOutAndNotWaitedFor() throws IOException {
        var sent = new Transfer();
        byte[] bytes = write(
                sent,
                Copy.whole(1),
                new Copy(2, 0, Code.NO_SUCH_DATABASE),
                Copy.whole(3),
                new Copy(4, 70_001, Code.NO_SUCH_DATABASE),
                new Copy(5, 0, Code.NO_SUCH_DATABASE));

        var received = new Received();
        var taken = new Transfer();
        SnapshotStream.Position position = SnapshotStream.read(GROUP, new ByteArrayInputStream(bytes), received, taken);

        assertThat(received.databases).isEqualTo(Map.of(id(1), BYTES, id(3), BYTES));
        // Of the first and the third alone: others need nothing of the log.
        assertThat(position.at().getIndex()).isEqualTo(97);
        for (Transfer side : List.of(sent, taken)) {
            assertThat(side.copied()).isEqualTo(2 * BYTES + 70_001);
            assertThat(side.total()).isEqualTo(2 * BYTES + 70_001);
        }
    }

    @Test
    void anyOtherFailureEndsTheStream() {
        assertThatThrownBy(() -> write(new Transfer(), Copy.whole(1), new Copy(2, 10, Code.UNAVAILABLE)))
                .isInstanceOf(DatabaseException.class)
                .hasMessage("told to fail");
    }

    @Test
    void aStreamWithoutItsTrailerIsNoSnapshot() throws IOException {
        byte[] bytes = write(new Transfer(), new Copy(1, 10, Code.NO_SUCH_DATABASE));
        var cut = new ByteArrayInputStream(bytes, 0, bytes.length - 1);
        assertThatThrownBy(() -> SnapshotStream.read(GROUP, cut, new Received(), new Transfer()))
                .isInstanceOf(IOException.class);
    }
}
