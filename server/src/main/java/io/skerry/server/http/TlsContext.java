package io.skerry.server.http;

import io.skerry.server.tls.NodeTls;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/// The context that Helidon is given, once: behind it is that of the moment, so that a port needs no restart for a
/// new certificate.
final class TlsContext extends SSLContext {

    /// @param sockets begin TLS on accepted connections
    TlsContext(NodeTls tls, TlsSockets sockets) {
        super(
                new OfTheMoment(tls, sockets),
                tls.server().getProvider(),
                tls.server().getProtocol());
    }

    private static final class OfTheMoment extends SSLContextSpi {

        private final NodeTls tls;
        private final TlsSockets sockets;

        OfTheMoment(NodeTls tls, TlsSockets sockets) {
            this.tls = tls;
            this.sockets = sockets;
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("its keys are those of the files");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return sockets;
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return tls.server().getServerSocketFactory();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return tls.server().createSSLEngine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return tls.server().createSSLEngine(host, port);
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return tls.server().getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return tls.server().getClientSessionContext();
        }

        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            return tls.server().getDefaultSSLParameters();
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            return tls.server().getSupportedSSLParameters();
        }
    }
}
