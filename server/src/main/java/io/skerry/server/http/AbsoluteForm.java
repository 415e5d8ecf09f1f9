package io.skerry.server.http;

import io.helidon.common.uri.UriPath;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Requests whose target is all of a URL, as clients send them to proxies, and may send them to anybody
/// (RFC 9112, section 3.2.2): they mean what follows the authority, which takes the place of the `Host`
/// header.
final class AbsoluteForm implements Filter {

    private static final Pattern URL = Pattern.compile("(?i)https?://([^/?#@]+)(/.*)?");

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String target = request.prologue().uriPath().rawPath();
        if (!target.startsWith("/")) {
            Matcher url = URL.matcher(target);
            if (url.matches()) {
                String path = url.group(2) == null ? "/" : url.group(2);
                request.prologue(request.prologue().withUriPath(UriPath.create(path)));
                request.header(HeaderValues.create(HeaderNames.HOST, url.group(1)));
            }
        }
        chain.proceed();
    }
}
