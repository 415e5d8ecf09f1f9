package io.skerry.catalog.fleet;

import java.io.IOException;

/// More was sent than a dump may have.
public final class DumpTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    DumpTooLargeException(long bytesMax) {
        super("the dump is larger than " + bytesMax + " bytes");
    }
}
