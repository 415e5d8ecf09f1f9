package io.skerry.server.issuer;

import io.skerry.catalog.issuer.KeySource;
import io.skerry.server.tls.TrustedCertificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/// Fetches key sets over HTTPS, follows no redirection, and goes to no address that it should not.
/// Thread-safe.
///
/// It is `HttpsURLConnection` because that hands the connected socket over before the first byte: a
/// name can mean another address when it is looked up again, so the address that counts is the
/// socket's.
public final class HttpsKeySource implements KeySource {

    private static final Duration TIME_MAX = Duration.ofSeconds(5);
    private static final int BYTES_MAX = 64 * 1024;
    private static final int OK = 200;

    private final AddressPolicy addresses;
    private final Optional<TrustedCertificates> trust;
    private final HostNames names;

    /// @param trust whom to trust; empty for those that the JVM trusts
    public HttpsKeySource(AddressPolicy addresses, Optional<TrustedCertificates> trust) {
        this(addresses, trust, new HostNames(InetAddress::getAllByName));
    }

    HttpsKeySource(AddressPolicy addresses, Optional<TrustedCertificates> trust, HostNames names) {
        this.addresses = addresses;
        this.trust = trust;
        this.names = names;
    }

    @Override
    public byte[] fetch(URI url) throws IOException {
        long end = System.nanoTime() + TIME_MAX.toNanos();
        CheckedSockets sockets = new CheckedSockets(tls(), addresses);
        // A server that sends a byte now and then keeps every timeout of a read.
        CompletableFuture.delayedExecutor(TIME_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .execute(sockets::cut);
        try {
            for (InetAddress address : names.lookUp(url.getHost(), left(end))) {
                CheckedSockets.require(addresses, address);
            }
            return download(url, sockets, left(end));
        } catch (UnknownHostException e) {
            throw new IOException("its host name is not known", e);
        } catch (SSLException | SocketException | SocketTimeoutException e) {
            throw new IOException(why(e, sockets.wasCut()), e);
        }
    }

    /// Asked for when it is needed: the JVM takes a while to read its certificates for the first time.
    private SSLSocketFactory tls() {
        return trust.map(TrustedCertificates::sockets)
                .orElseGet(() -> (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    private static String why(IOException e, boolean late) {
        if (late || e instanceof SocketTimeoutException) {
            return "it did not answer within " + TIME_MAX.toSeconds() + " s";
        }
        return e instanceof SSLException
                ? "its certificate or its TLS was not accepted"
                : "no connection to it could be made or kept";
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(1), end - System.nanoTime()));
    }

    private static byte[] download(URI url, CheckedSockets sockets, Duration limit) throws IOException {
        if (!(url.toURL().openConnection(Proxy.NO_PROXY) instanceof HttpsURLConnection connection)) {
            throw new IOException("its address is not https");
        }
        connection.setSSLSocketFactory(sockets);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout(Math.toIntExact(limit.toMillis()));
        connection.setReadTimeout(Math.toIntExact(limit.toMillis()));
        connection.setRequestProperty("Accept", "application/jwk-set+json, application/json");
        connection.setRequestProperty("Connection", "close");
        try {
            int status = connection.getResponseCode();
            if (status != OK) {
                throw new IOException("it answered with HTTP status " + status);
            }
            try (InputStream in = connection.getInputStream()) {
                return read(in);
            }
        } finally {
            connection.disconnect();
        }
    }

    private static byte[] read(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            body.write(buffer, 0, n);
            if (body.size() > BYTES_MAX) {
                throw new IOException("its answer is larger than " + BYTES_MAX + " bytes");
            }
        }
        return body.toByteArray();
    }
}
