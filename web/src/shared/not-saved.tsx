import { Alert, Anchor } from "@mantine/core";
import { isOvertaken } from "../api/client";

type Props = { error: Error; overtaken: string; see: string; reload: () => void };

// Why a change was not saved; when somebody was quicker, a way to what is there now.
export function NotSaved({ error, overtaken, see, reload }: Props) {
  if (!isOvertaken(error)) return <Alert color="red" role="alert">{error.message}</Alert>;
  return (
    <Alert color="yellow" role="alert" title={overtaken}>
      Nothing is overwritten. <Anchor component="button" type="button" onClick={reload}>{see}</Anchor>
    </Alert>
  );
}
