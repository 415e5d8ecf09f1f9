package io.skerry.catalog.fleet;

import java.io.IOException;
import java.io.InputStream;

/// The way by which a node gets the pages of a database from another one. Implemented by the `server` module.
@FunctionalInterface
public interface CopyTransport {

    /// What [io.skerry.engine.Database#copyTo] writes there, or the like of a dump. A sender that falls silent is
    /// noticed; what fails there is thrown by whoever reads here; whoever closes the stream early breaks it off.
    InputStream open(CopySource source) throws IOException;
}
