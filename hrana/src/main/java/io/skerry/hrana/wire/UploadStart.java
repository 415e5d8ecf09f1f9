package io.skerry.hrana.wire;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The body that begins an upload, `{"db_size_bytes":N}`, and the answer to it.
public final class UploadStart {

    /// Of the body.
    public static final int BYTES_MAX = 1024;

    private static final String SIZE = "db_size_bytes";
    private static final JsonFactory JSON = JsonReader.factory(BYTES_MAX);

    private UploadStart() {}

    /// @return the size of the file
    /// @throws Refusal 400 if the body does not say it
    public static long size(byte[] body) throws IOException {
        try (JsonParser parser = JSON.createParser(body)) {
            JsonReader json = new JsonReader(parser);
            json.next();
            json.expectObject("the body");
            long size = -1;
            for (String name = json.nextMember(); name != null; name = json.nextMember()) {
                if (name.equals(SIZE)) {
                    size = json.frame(SIZE);
                } else {
                    json.skip();
                }
            }
            if (size < 0) {
                throw json.unexpected(SIZE, "the size of the file");
            }
            return size;
        } catch (JacksonException e) {
            throw JsonReader.malformed(e);
        }
    }

    public static byte[] answer(int chunkBytes, String upload) {
        return ("{\"chunk_size\":" + chunkBytes + ",\"upload_id\":" + JsonText.quote(upload) + "}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
