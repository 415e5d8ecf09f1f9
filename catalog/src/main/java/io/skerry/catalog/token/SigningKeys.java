package io.skerry.catalog.token;

import io.skerry.catalog.sql.Sql;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// Signing keys in the catalog, made when first needed.
final class SigningKeys {

    private SigningKeys() {}

    /// The public half of a version; empty if no token of that version was ever minted, or if the group's keys
    /// were rotated since.
    static Optional<PublicKey> publicKey(Sql sql, UUID owner, long version, long groupVersion) {
        return sql.first(
                "SELECT public_key FROM signing_keys WHERE owner = ? AND version = ? AND group_version = ?",
                row -> SigningKey.decodePublic(owner, row.blob(0)),
                owner,
                version,
                groupVersion);
    }

    /// The key of a version. A new one takes the place of those that are dead.
    static SigningKey findOrCreate(Sql sql, UUID owner, long version, long groupVersion, Instant now) {
        return sql.first(
                        """
                        SELECT public_key, private_key FROM signing_keys
                        WHERE owner = ? AND version = ? AND group_version = ?
                        """,
                        row -> SigningKey.decode(owner, version, row.blob(0), row.blob(1)),
                        owner,
                        version,
                        groupVersion)
                .orElseGet(() -> create(sql, SigningKey.generate(owner, version), groupVersion, now));
    }

    private static SigningKey create(Sql sql, SigningKey key, long groupVersion, Instant now) {
        sql.update("DELETE FROM signing_keys WHERE owner = ?", key.owner());
        sql.update(
                """
                INSERT INTO signing_keys (owner, version, group_version, public_key, private_key, created_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                key.owner(),
                key.version(),
                groupVersion,
                key.publicKey().getEncoded(),
                key.privateKey().getEncoded(),
                now);
        return key;
    }
}
