package io.skerry.server.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.raft.PeerAddress;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeDirectoryTest {

    private static final String HOST = "127.0.0.1";

    @TempDir
    Path directory;

    @Test
    void aDirectoryIsHeldByOneAndFreedByItsClose() throws Exception {
        try (DirectoryLock held = DirectoryLock.take(directory)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> DirectoryLock.take(directory))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("--data");
        }
        DirectoryLock.take(directory).close();
    }

    @Test
    void aDirectoryThatCannotBeIsNamed() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> DirectoryLock.take(file.resolve("below")))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("cannot be used");
    }

    @Test
    void aNodeKeepsItsIdAndItsAddresses() throws Exception {
        PeerAddress first = NodeIdentity.in(directory, "fra", HOST, 21_080);
        PeerAddress again = NodeIdentity.in(directory, "fra", HOST, 31_080);
        assertThat(again).isEqualTo(first);
        assertThat(first.node().value()).startsWith("fra-");
    }

    @Test
    void twoNodesOfALocationAreNotTheSame() throws Exception {
        PeerAddress one = NodeIdentity.in(Files.createDirectory(directory.resolve("a")), "fra", HOST, 21_080);
        PeerAddress two = NodeIdentity.in(Files.createDirectory(directory.resolve("b")), "fra", HOST, 21_080);
        assertThat(one.node()).isNotEqualTo(two.node());
    }

    @Test
    void aPortInUseIsNamedWithWhatToDo() throws Exception {
        PeerAddress address = NodeIdentity.in(directory, "fra", HOST, 21_080);
        int port = NodeIdentity.portOf(address.raft());
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName(HOST))) {
            assertThat(taken.isBound()).isTrue();
            assertThatThrownBy(() -> NodeIdentity.in(directory, "fra", HOST, 21_080))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("port " + port)
                    .hasMessageContaining("node.properties");
            assertThat(Ports.firstFree(HOST, port, 1)).isGreaterThan(port);
        }
    }

    /// Nodes that start together have not bound their ports yet when the next one looks for its own.
    @Test
    void nodesThatStartTogetherChooseDifferentPortsAlsoWhereOneIsTaken() throws Exception {
        for (int http : new int[] {21_180, 61_180}) {
            PeerAddress probe =
                    NodeIdentity.in(Files.createDirectory(directory.resolve("probe" + http)), "fra", HOST, http);
            try (ServerSocket taken =
                    new ServerSocket(NodeIdentity.portOf(probe.raft()), 1, InetAddress.getByName(HOST))) {
                assertThat(taken.isBound()).isTrue();
                Set<String> addresses = new HashSet<>();
                for (int i = 0; i < 3; i++) {
                    Path node = Files.createDirectory(directory.resolve(http + "-" + i));
                    PeerAddress address = NodeIdentity.in(node, "fra", HOST, http + i);
                    addresses.add(address.raft());
                    addresses.add(address.transfer());
                }
                assertThat(addresses).hasSize(6).doesNotContain(probe.raft());
            }
        }
    }

    @Test
    void aDamagedIdentityIsSaidAndNotReplaced() throws Exception {
        Path file = directory.resolve("node.properties");
        for (String text :
                new String[] {"", "id=fra-1\nraft=nowhere\ntransfer=x:1\n", "id=UPPER\nraft=a:1\ntransfer=a:2"}) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> NodeIdentity.in(directory, "fra", HOST, 21_080))
                    .as(text)
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("damaged");
            assertThat(file).hasContent(text);
        }
    }

    @Test
    void theTokenIsKeptForItsOwnerOnly() throws Exception {
        String token = AdministratorToken.in(directory, null);
        // Clients count its parts before they send it.
        assertThat(token).matches("eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]+");
        assertThat(AdministratorToken.in(directory, null)).isEqualTo(token);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("token"))))
                .isEqualTo("rw-------");
        assertThat(AdministratorToken.in(directory, " mine ")).isEqualTo("mine");
        assertThat(AdministratorToken.in(directory, null)).isEqualTo("mine");
    }
}
