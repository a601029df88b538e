/// Whether files got to where they belong: passes, completeness, the search at other profiles.
@ApplicationModule(
    allowedDependencies = {
      "core",
      "session",
      "session :: limits",
      "session :: state",
      "storage",
      "timer"
    })
@NullMarked
package io.reelkeeper.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
