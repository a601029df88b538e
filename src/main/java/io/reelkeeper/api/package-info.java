/// HTTP in: access, validation, sessions, problems.
@ApplicationModule(
    allowedDependencies = {
      "core",
      "audit",
      "control",
      "session",
      "session :: state",
      "storage",
      "trail"
    })
@NullMarked
package io.reelkeeper.api;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
