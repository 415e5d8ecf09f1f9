package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.fleet.DumpId;
import io.skerry.catalog.fleet.DumpPlace;
import io.skerry.catalog.fleet.DumpTooLargeException;
import io.skerry.catalog.fleet.Dumps;
import io.skerry.raft.NodeId;
import java.io.IOException;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes dumps in, for the creation of a database that follows. They stay on the node that was asked:
/// its URL for one names it.
final class DumpOperations {

    private static final String PATH = "/v1/dumps/";
    /// Whatever the host: clients may know this server by another name than it does itself.
    private static final Pattern URL =
            Pattern.compile("https?://[^/?#]+" + PATH + "([A-Za-z0-9._-]{1,64})/([0-9a-f-]{36})");

    private final Dumps dumps;
    private final URI publicUrl;

    DumpOperations(Dumps dumps, URI publicUrl) {
        this.dumps = dumps;
        this.publicUrl = publicUrl;
    }

    ObjectNode upload(Call call) {
        MultipartFile file = MultipartFile.of(call.header("Content-Type").orElse(""), call.stream());
        try {
            DumpPlace place = dumps.put(call.organization().id(), file::copyTo);
            return Views.object().put("dump_url", publicUrl + PATH + place.node() + "/" + place.dump());
        } catch (DumpTooLargeException e) {
            throw new ApiException(413, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new ApiException(400, "invalid request body: it ended early");
        }
    }

    /// @throws ApiException 400 if it is no URL that [#upload] answered
    static DumpPlace place(String url) {
        Matcher known = URL.matcher(url);
        try {
            if (known.matches()) {
                return new DumpPlace(new NodeId(known.group(1)), DumpId.parse(known.group(2)));
            }
        } catch (IllegalArgumentException e) {
            // It only looked like one.
        }
        throw new ApiException(
                400,
                "invalid seed: url is not one that POST databases/dumps answered, and dumps are not fetched from"
                        + " elsewhere: " + Shown.of(url));
    }
}
