package io.reelkeeper.audit;

import org.jspecify.annotations.Nullable;

/// A file as the bucket holds it, or does not.
///
/// @param name the key in the bucket
/// @param type `m3u8`, `ts`, `mp4`, `webm` or `jpg`
/// @param size in bytes, null when it is not there
/// @param seconds of a slice, or of all slices of a playlist that are there; null when unknown
/// @param part of a playlist: its place among the parts of the task's recording; else null
public record AuditedFile(
    int task,
    String name,
    String type,
    @Nullable Long size,
    @Nullable Double seconds,
    boolean present,
    @Nullable Integer part) {}
