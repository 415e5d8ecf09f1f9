package io.skerry.server.http;

import java.util.function.BiPredicate;

/// Which requests, by their method and path, last for as long as what they carry is large.
///
/// @param uploads those that bring a body of any size, which is taken as it comes
/// @param answers those that are answered with a body of any size, which is sent as it is made
public record Lasting(BiPredicate<String, String> uploads, BiPredicate<String, String> answers) {

    static final Lasting NONE = new Lasting((method, path) -> false, (method, path) -> false);
}
