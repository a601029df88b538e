/// What is done to Agora for a session, one class per walk.
@ApplicationModule(
    allowedDependencies = {
      "core",
      "session",
      "session :: state",
      "session :: machine",
      "page",
      "provider",
      "storage",
      "timer",
      "trail"
    })
@NullMarked
package io.reelkeeper.control;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
