package io.skerry.server.config;

/// Two settings of which one is a part of the other: a value of the part that is larger says what can never be.
///
/// @param part may be as large as the whole
record AtMost<T extends Comparable<T>>(Setting<T> part, Setting<T> whole) {}
