package io.skerry.hrana;

import io.skerry.engine.Database;
import io.skerry.engine.query.Attachables;
import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.SessionOptions;
import io.skerry.hrana.stream.Grant;
import java.net.InetAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Which database a request means, who may use it, and where. Implemented by the `server` module. Called for
/// every request: answers from memory.
public interface DatabaseAccess {

    /// @param authorization value of the `Authorization` (or `x-authorization`) header, null if absent
    /// @throws AccessException with the HTTP status and text of the protocol
    Target resolve(Address address, @Nullable String authorization);

    /// How a request names its database.
    sealed interface Address {
        /// The first label of the host name, `<database>-<organization>`, or of an instance,
        /// `<location>-<database>-<organization>`.
        record HostLabel(String label) implements Address {}

        /// The path form: `/dev/<database>/…` (organization null: the default one) or
        /// `/dev/<organization>/<database>/…`.
        record Path(@Nullable String organization, String database) implements Address {}

        /// The path form whose name got lost on the way: the database is the one that the token is for.
        record OfToken() implements Address {}
    }

    /// From where a database may be reached.
    @FunctionalInterface
    interface Callers {
        Callers ANYWHERE = address -> true;
        Callers NOWHERE = address -> false;

        boolean allow(InetAddress address);
    }

    /// @param key identifies the database for the life of its streams: a stream's baton is good for one key
    ///     only
    /// @param owner who answers for what lasts on the database, so that nobody's databases take all there is: equal
    ///     for all of one owner
    /// @param database the local copy, null if this node has none
    /// @param primary base URL of a node that takes the database's writes, without trailing slash, including
    ///     the path form that names the database there (`http://127.0.0.1:8080/dev/acme/shop`); null if this
    ///     node takes them itself
    /// @param rights what the token allows
    /// @param restrictions what the database's owner forbids
    /// @param callers asked for clients; what another node passes on was let in there
    /// @param draft whether it waits for the upload of its content, and takes nothing else
    /// @param attachables which other databases may be attached, as far as the token allows it
    /// @param grant asked as long as something goes on that the request began
    record Target(
            String key,
            Object owner,
            @Nullable Database database,
            @Nullable URI primary,
            SessionOptions rights,
            Restrictions restrictions,
            Callers callers,
            boolean draft,
            Attachables attachables,
            Grant grant) {

        /// One that has no owner but itself.
        public Target(
                String key,
                @Nullable Database database,
                @Nullable URI primary,
                SessionOptions rights,
                Restrictions restrictions,
                Callers callers,
                boolean draft,
                Attachables attachables,
                Grant grant) {
            this(key, key, database, primary, rights, restrictions, callers, draft, attachables, grant);
        }

        /// One to which nothing can be attached, and whose token counts for ever.
        public Target(
                String key,
                @Nullable Database database,
                @Nullable URI primary,
                SessionOptions rights,
                Restrictions restrictions,
                Callers callers,
                boolean draft) {
            this(key, database, primary, rights, restrictions, callers, draft, Attachables.NONE, () -> restrictions);
        }

        /// One that nothing is forbidden for.
        public Target(String key, @Nullable Database database, @Nullable URI primary, boolean readOnly) {
            this(
                    key,
                    database,
                    primary,
                    readOnly ? SessionOptions.READ_ONLY : SessionOptions.FULL,
                    Restrictions.NONE,
                    Callers.ANYWHERE,
                    false);
        }
    }
}
