package io.skerry.catalog.upload;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// The way out of an upload, which is used for as long as somebody takes it.
final class KeptOutput extends FilterOutputStream {

    private final Runnable used;

    /// @param used called whenever something was taken
    KeptOutput(OutputStream out, Runnable used) {
        super(out);
        this.used = used;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        used.run();
    }
}
