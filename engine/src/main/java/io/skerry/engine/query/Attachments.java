package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.query.Leases.Lease;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What a session has attached, under the names of the schemas. Used by whoever runs the session's program, and between
/// two programs by nobody.
///
/// A session has no connection of its own: before it uses one, everything is attached to it ([#attachAll]), and before
/// anybody else gets that, everything is detached ([AttachedFiles#detachAll]).
final class Attachments {

    static final int MAX = 10;

    private final SessionOptions options;
    private final Function<DatabaseId, Optional<Leases>> group;
    private final DatabaseId own;
    private final Map<String, Attachment> attachments = new LinkedHashMap<>();
    private volatile Attachables attachables = Attachables.NONE;

    /// @param own the session's database
    /// @param group lends the other databases of its group, those that this node has
    Attachments(DatabaseId own, SessionOptions options, Function<DatabaseId, Optional<Leases>> group) {
        this.own = own;
        this.options = options;
        this.group = group;
    }

    void attachables(Attachables now) {
        attachables = now;
    }

    boolean isEmpty() {
        return attachments.isEmpty();
    }

    List<Attachment> all() {
        return List.copyOf(attachments.values());
    }

    /// Ends what may not be attached any more.
    ///
    /// @throws DatabaseException ATTACHMENT_ENDED if there was something
    void requireAllowed() {
        for (var attachment : all()) {
            try {
                attachables.require(attachment.id(), attachment.name(), options.attach());
            } catch (DatabaseException e) {
                attachments.remove(Attachment.key(attachment.alias()));
                throw e;
            }
        }
    }

    /// Keeps the files open until all leases are released, so that attaching them on the writer's thread does not wait
    /// for the disk.
    ///
    /// @throws DatabaseException if one cannot be opened; nothing is kept then
    List<Lease> hold() {
        var held = new ArrayList<Lease>();
        for (var attachment : all()) {
            try {
                held.add(attachment.leases().acquire());
            } catch (DatabaseException e) {
                held.forEach(Lease::release);
                throw refused(attachment, e);
            }
        }
        return held;
    }

    /// Attaches everything to a connection to which nothing is attached.
    ///
    /// @throws DatabaseException if that fails; some may be attached
    void attachAll(SqlConnection connection) {
        for (var attachment : all()) {
            try {
                connection.attached().attach(attachment, connection);
            } catch (DatabaseException e) {
                throw refused(attachment, e);
            }
        }
    }

    /// What is gone is not attached any more.
    private DatabaseException refused(Attachment attachment, DatabaseException why) {
        if (why.code() != Code.NO_SUCH_DATABASE) {
            return why;
        }
        attachments.remove(Attachment.key(attachment.alias()));
        return gone(attachment, why);
    }

    /// Runs an `ATTACH` or a `DETACH`.
    ///
    /// @param connection has either everything else attached, or nothing
    /// @throws DatabaseException if it fails: nothing has changed
    void run(SqlText text, SqlConnection connection) {
        if (text.verb() == Verb.ATTACH) {
            attach(AttachText.attach(text), connection);
        } else {
            detach(AttachText.detach(text), connection);
        }
    }

    private void attach(AttachText wish, SqlConnection connection) {
        if (options.permissions().limit()) {
            throw new DatabaseException(
                    Code.ATTACH_FORBIDDEN, "a token with fine-grained permissions cannot attach databases");
        }
        var id = attachables.find(wish.database(), options.attach());
        var key = Attachment.key(wish.alias());
        if (key.equals("main") || key.equals("temp") || attachments.containsKey(key)) {
            throw failed("database " + wish.alias() + " is already in use");
        }
        if (id.equals(own)) {
            throw failed("database " + wish.database() + " cannot be attached to itself");
        }
        if (attachments.size() == MAX) {
            throw failed("too many attached databases - max " + MAX);
        }
        var leases = group.apply(id)
                .orElseThrow(() -> new DatabaseException(
                        Code.UNAVAILABLE, "database " + wish.database() + " is not ready on this node; try again"));
        var attachment = new Attachment(wish.alias(), wish.database(), leases);
        connection.attached().attach(attachment, connection);
        attachments.put(key, attachment);
    }

    private void detach(AttachText wish, SqlConnection connection) {
        var key = Attachment.key(wish.alias());
        if (key.equals("main") || key.equals("temp")) {
            throw failed("cannot detach database " + wish.alias());
        }
        var attachment = attachments.get(key);
        if (attachment == null) {
            throw failed("no such database: " + wish.alias());
        }
        connection.attached().detach(attachment);
        attachments.remove(key);
    }

    private static DatabaseException gone(Attachment attachment, DatabaseException why) {
        return new DatabaseException(
                Code.ATTACHMENT_ENDED,
                0,
                "database " + attachment.name() + " is not attached any more: " + why.getMessage(),
                why);
    }

    private static DatabaseException failed(String message) {
        return Failures.sqlite(1, message);
    }
}
