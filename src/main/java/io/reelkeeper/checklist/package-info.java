/// Whether an App ID is set up and has room: what it may use, uses, and will use; reads everything,
/// changes nothing.
///
/// Of `api` it uses the words of HTTP alone: the caller and problems.
@ApplicationModule(
    allowedDependencies = {
      "core",
      "session",
      "session :: limits",
      "session :: state",
      "quota",
      "api",
      "api :: access",
      "api :: problem"
    })
@NullMarked
package io.reelkeeper.checklist;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
