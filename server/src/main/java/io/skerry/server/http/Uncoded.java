package io.skerry.server.http;

import io.helidon.http.Headers;
import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.encoding.ContentEncodingContextConfig;

/// Bodies are as they are sent, whatever coding their headers tell of. Without any way to decode, Helidon itself
/// would refuse a coded body, with the answer for what is no HTTP, and end the connection while its client still
/// sends: [RequestGuard] refuses it in words.
final class Uncoded implements ContentEncodingContext {

    private static final ContentEncodingContextConfig NONE = ContentEncodingContextConfig.builder()
            .contentEncodingsDiscoverServices(false)
            .buildPrototype();

    @Override
    public boolean contentEncodingEnabled() {
        return false;
    }

    @Override
    public boolean contentDecodingEnabled() {
        return true;
    }

    @Override
    public boolean contentEncodingSupported(String coding) {
        return false;
    }

    @Override
    public boolean contentDecodingSupported(String coding) {
        return true;
    }

    @Override
    public ContentEncoder encoder(String coding) {
        return ContentEncoder.NO_OP;
    }

    @Override
    public ContentEncoder encoder(Headers headers) {
        return ContentEncoder.NO_OP;
    }

    @Override
    public ContentDecoder decoder(String coding) {
        return ContentDecoder.NO_OP;
    }

    @Override
    public ContentEncodingContextConfig prototype() {
        return NONE;
    }
}
