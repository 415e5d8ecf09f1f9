package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.AuditNote;
import io.skerry.catalog.audit.AuditTrail;
import io.skerry.catalog.upload.TooManyUploadsException;
import io.skerry.catalog.upload.UploadId;
import io.skerry.catalog.upload.UploadPlace;
import io.skerry.catalog.upload.UploadTooLargeException;
import io.skerry.catalog.upload.Uploads;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.raft.NodeId;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes dumps in, for the creation of a database that follows. They stay on the node that was asked:
/// its URL for one names it.
final class DumpOperations {

    private static final String PATH = "/v1/dumps/";
    /// Whatever the host: clients may know this server by another name than it does itself.
    private static final Pattern URL =
            Pattern.compile("https?://[^/?#]+" + PATH + "([A-Za-z0-9._-]{1,64})/([0-9a-f-]{36})");

    private final Uploads uploads;
    private final AuditTrail audit;
    private final URI publicUrl;

    DumpOperations(Uploads uploads, AuditTrail audit, URI publicUrl) {
        this.uploads = uploads;
        this.audit = audit;
        this.publicUrl = publicUrl;
    }

    ObjectNode upload(Call call) {
        MultipartFile file = MultipartFile.of(call.header("Content-Type").orElse(""), call.stream());
        UploadPlace place = put(call, file);
        tell(call, place, file.bytes());
        return Views.object().put("dump_url", publicUrl + PATH + place.node() + "/" + place.upload());
    }

    private UploadPlace put(Call call, MultipartFile file) {
        try {
            return uploads.put(call.organization().id(), announced(call), file::copyTo);
        } catch (UploadTooLargeException e) {
            throw new ApiException(413, String.valueOf(e.getMessage()));
        } catch (TooManyUploadsException e) {
            throw ApiException.tooMany(String.valueOf(e.getMessage()), Duration.ZERO);
        } catch (IOException e) {
            throw new ApiException(400, "invalid request body: it ended early");
        } catch (DatabaseException e) {
            if (e.code() == Code.DISK_FULL) {
                throw new ApiException(503, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /// Nobody hears of a dump that the audit log does not have: it is deleted.
    private void tell(Call call, UploadPlace place, long bytes) {
        boolean told = false;
        try {
            audit.write(List.of(new AuditNote(
                    call.organization().id(),
                    call.actor(),
                    Action.DUMP_UPLOAD,
                    place.upload().toString(),
                    bytes + " bytes, at node " + place.node(),
                    "ok")));
            told = true;
        } finally {
            if (!told) {
                uploads.discard(place.upload());
            }
        }
    }

    /// Of the whole body; 0 if its client does not say.
    private static long announced(Call call) {
        try {
            return Math.max(0, Long.parseLong(call.header("Content-Length").orElse("0")));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// @throws ApiException 400 if it is no URL that [#upload] answered
    static UploadPlace place(String url) {
        Matcher known = URL.matcher(url);
        try {
            if (known.matches()) {
                return new UploadPlace(new NodeId(known.group(1)), UploadId.parse(known.group(2)));
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
