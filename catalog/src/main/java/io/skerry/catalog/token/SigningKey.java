package io.skerry.catalog.token;

import io.jsonwebtoken.security.Jwks;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.UUID;

/// A key pair (Ed25519) that signs the tokens of one group or one database.
///
/// @param owner the group's or the database's id
/// @param version of the owner's key; `rid` in its tokens
record SigningKey(UUID owner, long version, PublicKey publicKey, PrivateKey privateKey) {

    static SigningKey generate(UUID owner, long version) {
        KeyPair pair = Jwks.CRV.Ed25519.keyPair().build();
        return new SigningKey(owner, version, pair.getPublic(), pair.getPrivate());
    }

    static SigningKey decode(UUID owner, long version, byte[] publicKey, byte[] privateKey) {
        try {
            PrivateKey secret = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(privateKey));
            return new SigningKey(owner, version, decodePublic(owner, publicKey), secret);
        } catch (GeneralSecurityException e) {
            throw unreadable(owner, e);
        }
    }

    static PublicKey decodePublic(UUID owner, byte[] publicKey) {
        try {
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(publicKey));
        } catch (GeneralSecurityException e) {
            throw unreadable(owner, e);
        }
    }

    private static IllegalStateException unreadable(UUID owner, GeneralSecurityException cause) {
        return new IllegalStateException("the catalog's signing key of " + owner + " cannot be read", cause);
    }

    /// Without the keys: this may end in a log.
    @Override
    public String toString() {
        return "SigningKey[" + owner + " version " + version + "]";
    }
}
