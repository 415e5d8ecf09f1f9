package io.skerry.hrana.wire;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.skerry.hrana.HranaSettings;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads bodies of pipeline requests. Members may stand in any order; unknown ones are ignored; null is the same as
/// absent. Everything is checked before anything is handed out. Thread-safe.
public final class PipelineReader {

    private final JsonFactory factory;
    private final HranaSettings.Requests limits;

    public PipelineReader(HranaSettings.Requests limits) {
        this.factory = JsonReader.factory(limits.bodyBytesMax());
        this.limits = limits;
    }

    /// @throws Refusal 400 if the body is not a pipeline
    /// @throws IOException if the body cannot be read to its end
    public Pipeline read(InputStream body) throws IOException {
        try (JsonParser parser = factory.createParser(body)) {
            return new Reading(parser, limits).pipeline();
        } catch (JacksonException e) {
            throw JsonReader.malformed(e);
        }
    }

    public Pipeline read(byte[] body, int length) throws IOException {
        try (JsonParser parser = factory.createParser(body, 0, length)) {
            return new Reading(parser, limits).pipeline();
        } catch (JacksonException e) {
            throw JsonReader.malformed(e);
        }
    }

    /// The state of one reading.
    private static final class Reading {

        private final JsonReader json;
        private final BatchReader batches;
        private final HranaSettings.Requests limits;

        Reading(JsonParser parser, HranaSettings.Requests limits) {
            this.json = new JsonReader(parser);
            this.batches = new BatchReader(json, limits);
            this.limits = limits;
        }

        Pipeline pipeline() throws IOException {
            json.next();
            json.expectObject("the body");
            String baton = null;
            List<StreamRequest> requests = null;
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "baton" -> baton = json.optionalString("baton");
                    case "requests" -> requests = requests();
                    default -> json.skip();
                }
            }
            if (json.next() != null) {
                throw Refusal.protocol("Invalid JSON: something stands behind the body");
            }
            if (requests == null) {
                throw Refusal.protocol("Invalid request: requests is missing");
            }
            return new Pipeline(baton, requests);
        }

        private List<StreamRequest> requests() throws IOException {
            json.expectArray("requests");
            List<StreamRequest> requests = new ArrayList<>(4);
            while (json.next() != JsonToken.END_ARRAY) {
                if (requests.size() == limits.perPipelineMax()) {
                    throw Refusal.protocol(
                            "Invalid request: a pipeline has more than " + requests.size() + " requests");
                }
                requests.add(request());
            }
            return requests;
        }

        private StreamRequest request() throws IOException {
            json.expectObject("a request");
            String type = null;
            StreamRequest.Statement statement = null;
            StreamRequest.Batch batch = null;
            String sql = null;
            Integer id = null;
            long minFrame = 0;
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "type" -> type = json.string("type");
                    case "stmt" -> statement = json.isNull() ? null : batches.statement();
                    case "batch" -> batch = json.isNull() ? null : batches.batch();
                    case "sql" -> sql = json.optionalString("sql");
                    case "sql_id" -> id = json.isNull() ? null : (Integer) json.int32("sql_id");
                    case "replication_index" -> minFrame = json.frame("replication_index");
                    default -> json.skip();
                }
            }
            return switch (type) {
                case "execute" -> new StreamRequest.Execute(required(statement, "execute needs stmt"));
                case "batch" -> required(batch, "batch needs batch");
                case "sequence" -> new StreamRequest.Sequence(BatchReader.sqlText(sql, id), minFrame);
                case "describe" -> new StreamRequest.Describe(BatchReader.sqlText(sql, id), minFrame);
                case "store_sql" ->
                    new StreamRequest.StoreSql(
                            required(id, "store_sql needs sql_id"), required(sql, "store_sql needs sql"));
                case "close_sql" -> new StreamRequest.CloseSql(required(id, "close_sql needs sql_id"));
                case "get_autocommit" -> new StreamRequest.GetAutocommit();
                case "close" -> new StreamRequest.Close();
                case null -> throw Refusal.protocol("Invalid request: a request needs a type");
                default -> throw Refusal.protocol("Invalid request: unknown type of request: " + type);
            };
        }

        private static <T> T required(@Nullable T part, String message) {
            if (part == null) {
                throw Refusal.protocol("Invalid request: " + message);
            }
            return part;
        }
    }
}
