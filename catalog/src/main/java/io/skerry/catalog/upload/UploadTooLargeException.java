package io.skerry.catalog.upload;

import java.io.IOException;

/// More was sent, or announced, than an upload may have.
public final class UploadTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    UploadTooLargeException(String what, long bytesMax) {
        super(what + " is larger than " + bytesMax + " bytes");
    }
}
