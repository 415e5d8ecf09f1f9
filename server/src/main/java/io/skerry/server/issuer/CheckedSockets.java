package io.skerry.server.issuer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Begins TLS only on sockets that are connected to an address that is allowed. Of one fetch.
final class CheckedSockets extends SSLSocketFactory {

    private static final Logger LOG = LoggerFactory.getLogger(CheckedSockets.class);

    private final SSLSocketFactory tls;
    private final AddressPolicy addresses;
    private volatile @Nullable Socket open;
    private volatile boolean cut;

    CheckedSockets(SSLSocketFactory tls, AddressPolicy addresses) {
        this.tls = tls;
        this.addresses = addresses;
    }

    /// The time is over: what still waits for the other side fails.
    void cut() {
        cut = true;
        Socket present = open;
        try {
            if (present != null) {
                present.close();
            }
        } catch (IOException e) {
            LOG.debug("A socket could not be closed; its fetch ends by its timeouts", e);
        }
    }

    boolean wasCut() {
        return cut;
    }

    static void require(AddressPolicy addresses, InetAddress address) throws IOException {
        if (!addresses.allows(address)) {
            throw new IOException("its address is not a public one");
        }
    }

    @Override
    public Socket createSocket(Socket connected, String host, int port, boolean autoClose) throws IOException {
        require(addresses, connected.getInetAddress());
        open = connected;
        if (cut) {
            connected.close();
        }
        return tls.createSocket(connected, host, port, autoClose);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return tls.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.getSupportedCipherSuites();
    }

    // Sockets that would connect by themselves could not be checked in time; HttpsURLConnection needs
    // none.

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw unchecked();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        throw unchecked();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw unchecked();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        throw unchecked();
    }

    private static IOException unchecked() {
        return new IOException("a socket to an address that nobody looked at");
    }
}
