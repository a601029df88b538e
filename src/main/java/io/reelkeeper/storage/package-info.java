/// Where files go: profiles, vendors and regions, fingerprints, file names.
@ApplicationModule(allowedDependencies = {"core"})
@NullMarked
package io.reelkeeper.storage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
