/// Agora: its words, its answers, the way to its domains, and the journal of what was said.
@ApplicationModule(allowedDependencies = {"core", "quota", "trail"})
@NullMarked
package io.reelkeeper.provider;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
