package io.skerry.server.life;

import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Properties;

/// Who a node is: an id and the addresses of the ports that other nodes reach it at. Made at the first
/// start and kept in its directory, because the groups' logs name their members by them: a node keeps both
/// over restarts, whatever port its HTTP moves to.
public final class NodeIdentity {

    private static final String FILE = "node.properties";
    /// Where the search for free ports begins, counted from the HTTP port.
    private static final int RAFT_OFFSET = 1000;
    private static final int TRANSFER_OFFSET = 2000;
    /// Nodes with neighbouring HTTP ports start at the same time and look for their ports at the same time: each
    /// has its own to look at.
    private static final int STEP = 50;
    /// From here on there is no room above: the search begins below.
    private static final int HIGH_PORTS = 60_000;
    private static final int HIGH_PORTS_OFFSET = -5_000;
    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int SUFFIX_LETTERS = 8;

    private NodeIdentity() {}

    /// The node that the directory belongs to; a new one if it is empty.
    ///
    /// @throws StartException if one of its ports is in use
    public static PeerAddress in(Path directory, String location, String host, int httpPort)
            throws IOException, StartException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            int base = httpPort < HIGH_PORTS ? httpPort : httpPort + HIGH_PORTS_OFFSET;
            PeerAddress fresh = new PeerAddress(
                    new NodeId(location + "-" + suffix()),
                    host + ":" + Ports.firstFree(host, base + RAFT_OFFSET, STEP),
                    host + ":" + Ports.firstFree(host, base + TRANSFER_OFFSET, STEP));
            write(file, fresh);
            return fresh;
        }
        PeerAddress kept = read(file);
        Ports.check(hostOf(kept.raft()), portOf(kept.raft()), "raft in " + file);
        Ports.check(hostOf(kept.transfer()), portOf(kept.transfer()), "transfer in " + file);
        return kept;
    }

    /// Whether the directory is that of a node.
    public static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(FILE));
    }

    public static String hostOf(String address) {
        return address.substring(0, address.lastIndexOf(':'));
    }

    public static int portOf(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private static void write(Path file, PeerAddress address) throws IOException {
        // Not by Properties.store: the date that it adds costs the first start as much as a node's whole storage.
        PrivateFiles.write(
                file,
                "# This node. Other nodes know it by this id and these addresses.\nid=%s\nraft=%s\ntransfer=%s\n"
                        .formatted(address.node().value(), address.raft(), address.transfer()));
    }

    private static PeerAddress read(Path file) throws IOException, StartException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(file)));
        try {
            PeerAddress address = new PeerAddress(
                    new NodeId(properties.getProperty("id", "")),
                    properties.getProperty("raft", ""),
                    properties.getProperty("transfer", ""));
            if (portOf(address.raft()) > 0 && portOf(address.transfer()) > 0) {
                return address;
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new StartException(
                    file + " is damaged: it must hold id, raft and transfer (" + e.getMessage() + ")", e);
        }
        throw new StartException(file + " is damaged: raft and transfer must be host:port");
    }

    private static String suffix() {
        SecureRandom random = new SecureRandom();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < SUFFIX_LETTERS; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }
}
