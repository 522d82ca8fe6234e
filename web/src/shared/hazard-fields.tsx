import { Checkbox, Text } from "@mantine/core";
import { hazardAbout, hazardName, hazards } from "./hazards";

// Only the person consents, and can take it back at any time.
export function HazardChoice({ chosen, change, error }: { chosen: string[]; change: (chosen: string[]) => void; error?: string | undefined }) {
  return (
    <Checkbox.Group label="Hazardous work you consent to" description="Some texts are hard to read. You get such work only where you ticked what it is about, and you can take that back at any time."
      value={chosen} onChange={change} error={error}>
      <div className="hazards">
        {hazards.map((hazard) => (
          <Checkbox key={hazard} value={hazard} label={hazardName(hazard)} description={hazardAbout(hazard)} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

export function HazardList({ chosen }: { chosen: string[] }) {
  return (
    <div>
      <p className="label">Hazardous work they consented to</p>
      <Text size="sm">{chosen.length === 0 ? "None" : chosen.map(hazardName).join(", ")}</Text>
      <Text size="xs" c="dimmed">Only they themselves can consent or take it back.</Text>
    </div>
  );
}
