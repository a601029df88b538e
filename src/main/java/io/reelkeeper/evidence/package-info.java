/// What happened, in time order: the timeline and the calls of a session; reads everything, changes
/// nothing.
///
/// Of `api` it uses the words of HTTP alone: the caller, problems, pages.
@ApplicationModule(
    allowedDependencies = {
      "core",
      "session",
      "session :: state",
      "session :: machine",
      "provider",
      "notification",
      "storage",
      "api",
      "api :: access",
      "api :: problem"
    })
@NullMarked
package io.reelkeeper.evidence;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
