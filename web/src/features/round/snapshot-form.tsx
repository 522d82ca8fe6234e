import { Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { JobForm, type FormProps } from "./job-form";

export function SnapshotForm({ round, close }: FormProps) {
  const [weighting, setWeighting] = useState("reliability");
  return (
    <JobForm round={round} close={close} kind="snapshot" label="Take the snapshot" request={() => ({ is: "ready", body: { weighting } })}>
      <Text size="sm" c="dimmed">
        A snapshot freezes the training judgments of this round under a hash. Evaluation items never enter it.
      </Text>
      <Radio.Group label="Weights" value={weighting} onChange={setWeighting}>
        <Stack gap="xs" mt="xs">
          <Radio value="reliability" label="By reliability" description="Judgments weigh by how well each person agrees with golds and with others." />
          <Radio value="none" label="All alike" description="Every judgment counts the same." />
        </Stack>
      </Radio.Group>
    </JobForm>
  );
}
