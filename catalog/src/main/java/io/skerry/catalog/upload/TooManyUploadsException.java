package io.skerry.catalog.upload;

import java.io.IOException;

/// More are being received at this moment than may be: nothing was read of this one, and it may come again.
public final class TooManyUploadsException extends IOException {

    private static final long serialVersionUID = 1L;

    TooManyUploadsException(String message) {
        super(message);
    }
}
