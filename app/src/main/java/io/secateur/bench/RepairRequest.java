package io.secateur.bench;

import io.secateur.data.ImageSet;
import io.secateur.defence.Defence;
import io.secateur.defence.Policy;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.metric.GroundTruth;
import io.secateur.run.RunDirectory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A repair that was asked for.
 *
 * @param model as read
 * @param clean the defender's images, which the sample is drawn from
 * @param cleanSize images in the sample
 * @param defence the method, set up
 * @param settings of the method, for the record and to tell runs apart
 * @param target where the user knows it
 * @param policy what counts as repaired
 * @param trusted images to measure on before and after, which the method never sees
 * @param truth of the backdoor; used on {@code trusted} only
 * @param layout of the repaired file
 * @param compact whether pruned channels are taken out of it
 * @param stress whether a network that was changed is taught its backdoor again in the end
 * @param findings folder of what repairs of one suspect by several methods find alike; empty if
 *     this one shares nothing
 * @param out folder of the run
 * @param existing what to do if that is not empty
 * @param seed root of all randomness
 * @param product version of this program
 */
public record RepairRequest(
    LoadedModel model,
    ImageSet clean,
    int cleanSize,
    Defence defence,
    Map<String, String> settings,
    OptionalInt target,
    Policy policy,
    Optional<ImageSet> trusted,
    Optional<GroundTruth> truth,
    ModelFile.Layout layout,
    boolean compact,
    boolean stress,
    Optional<Path> findings,
    Path out,
    RunDirectory.Existing existing,
    long seed,
    String product) {}
