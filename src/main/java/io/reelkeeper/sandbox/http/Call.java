package io.reelkeeper.sandbox.http;

import org.jspecify.annotations.Nullable;

/// One HTTP request as it arrived.
///
/// @param nanos when, on the clock of the traffic
/// @param path without the query
public record Call(
    int domain,
    long nanos,
    String method,
    String path,
    String query,
    @Nullable String authorization,
    String contentType,
    byte[] body) {}
