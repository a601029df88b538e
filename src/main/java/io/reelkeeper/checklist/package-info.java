/// Whether an App ID is set up and has room: what it may use, uses, and will use; reads everything,
/// changes nothing but the object of a storage probe.
///
/// Of `api` it uses the words of HTTP alone: the caller, problems, what a start request is.
@ApplicationModule(
    allowedDependencies = {
      "core",
      "session",
      "session :: limits",
      "session :: state",
      "quota",
      "provider",
      "outbound",
      "storage",
      "api",
      "api :: access",
      "api :: problem",
      "api :: request"
    })
@NullMarked
package io.reelkeeper.checklist;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
