package io.skerry.platform;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The part `file` of a body of the type `multipart/form-data` (RFC 7578), as it comes: never all of
/// it is in memory. What is before it is skipped, if it is small. Not thread-safe.
final class MultipartFile {

    private static final String NAME = "file";
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int HEADERS_BYTES_MAX = 8 * 1024;
    private static final int OTHER_BYTES_MAX = 64 * 1024;
    /// RFC 2046.
    private static final int BOUNDARY_MAX = 70;

    private static final byte[] END_OF_HEADERS = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern DISPOSITION =
            Pattern.compile("(?i)(?:^|\r\n)content-disposition:\\s*form-data\\s*;[^\r\n]*?\\bname=\"?([^\";\r\n]*)");

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int begin;
    private int end;
    private long bytes;

    private MultipartFile(InputStream in, String boundary) {
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // The first boundary may be the first of all, without the line before it.
        buffer[0] = '\r';
        buffer[1] = '\n';
        end = 2;
    }

    /// @throws ApiException 400 if the content type is of no such body
    static MultipartFile of(String contentType, InputStream in) {
        String[] parts = contentType.split(";", -1);
        if (parts[0].strip().equalsIgnoreCase("multipart/form-data")) {
            for (String part : parts) {
                String parameter = part.strip();
                if (parameter.toLowerCase(Locale.ROOT).startsWith("boundary=")) {
                    String boundary = parameter.substring("boundary=".length()).replaceAll("^\"|\"$", "");
                    if (!boundary.isEmpty() && boundary.length() <= BOUNDARY_MAX) {
                        return new MultipartFile(in, boundary);
                    }
                }
            }
        }
        throw new ApiException(400, "invalid request body: must be multipart/form-data with a boundary");
    }

    /// @throws ApiException 400 if there is no such part, or the body ends before it does
    /// @throws IOException what `out` threw
    void copyTo(OutputStream out) throws IOException {
        skip();
        while (true) {
            requirePart();
            ByteArrayOutputStream headers = new ByteArrayOutputStream();
            copyUntil(END_OF_HEADERS, headers, HEADERS_BYTES_MAX);
            Matcher disposition = DISPOSITION.matcher(headers.toString(StandardCharsets.UTF_8));
            if (disposition.find() && disposition.group(1).equals(NAME)) {
                bytes = copyUntil(delimiter, out, Long.MAX_VALUE);
                return;
            }
            skip();
        }
    }

    /// The size of the part; 0 before [#copyTo].
    long bytes() {
        return bytes;
    }

    private void skip() throws IOException {
        copyUntil(delimiter, OutputStream.nullOutputStream(), OTHER_BYTES_MAX);
    }

    /// After a boundary a line ends, or the whole body.
    private void requirePart() {
        while (end - begin < 2) {
            fill();
        }
        boolean part = buffer[begin] == '\r' && buffer[begin + 1] == '\n';
        if (!part) {
            throw new ApiException(400, "invalid request body: there is no part with the name " + NAME);
        }
        begin += 2;
    }

    /// @return how many bytes there were before the mark
    private long copyUntil(byte[] mark, OutputStream out, long max) throws IOException {
        long copied = 0;
        while (true) {
            int found = find(mark);
            int sure = found >= 0 ? found : Math.max(begin, end - mark.length + 1);
            copied += sure - begin;
            if (copied > max) {
                throw new ApiException(400, "invalid request body: too much before the part " + NAME);
            }
            out.write(buffer, begin, sure - begin);
            begin = sure;
            if (found >= 0) {
                begin += mark.length;
                return copied;
            }
            fill();
        }
    }

    private int find(byte[] mark) {
        for (int at = begin; at <= end - mark.length; at++) {
            if (buffer[at] == mark[0] && matches(mark, at)) {
                return at;
            }
        }
        return -1;
    }

    private boolean matches(byte[] mark, int at) {
        for (int i = 1; i < mark.length; i++) {
            if (buffer[at + i] != mark[i]) {
                return false;
            }
        }
        return true;
    }

    /// At least one more byte.
    private void fill() {
        System.arraycopy(buffer, begin, buffer, 0, end - begin);
        end -= begin;
        begin = 0;
        int read;
        try {
            read = in.read(buffer, end, buffer.length - end);
        } catch (IOException | RuntimeException e) {
            // A chunk without a length is reported by whatever exception Helidon's parser met.
            read = -1;
        }
        if (read < 0) {
            throw new ApiException(400, "invalid request body: it ended early");
        }
        end += read;
    }
}
