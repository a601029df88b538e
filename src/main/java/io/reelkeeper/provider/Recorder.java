package io.reelkeeper.provider;

import io.reelkeeper.core.Mode;
import io.reelkeeper.core.TaskId;
import org.jspecify.annotations.Nullable;

/// Whom a call to Agora is about: the address of one recorder, and the task it serves.
///
/// @param app our alias of the App ID
/// @param resourceId null before acquire
/// @param sid null before start
public record Recorder(
    TaskId task,
    String app,
    Mode mode,
    String cname,
    String uid,
    @Nullable String resourceId,
    @Nullable String sid) {}
