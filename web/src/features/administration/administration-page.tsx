import { Page } from "../../shared/page";
import { Section } from "../../shared/section";
import { PersonList } from "./person-list";
import { ReadList } from "./read-list";

export function AdministrationPage() {
  return (
    <Page title="Administration" about="Everybody who has an account, and who looked at whose data">
      <Section title="People">
        <PersonList />
      </Section>
      <Section title="Who looked at whose data">
        <ReadList />
      </Section>
    </Page>
  );
}
